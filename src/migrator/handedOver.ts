/**
 * The memory that a message between threads hands over instead of copying it: its `answer`'s or
 * `ask`'s `bytes`, a whole database perhaps.
 */
export function handedOver(message: object): ArrayBuffer[] {
  const { answer, ask } = message as { answer?: unknown; ask?: unknown };
  const bytes = ((answer ?? ask) as { bytes?: Uint8Array } | null | undefined)?.bytes;
  return bytes?.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}
