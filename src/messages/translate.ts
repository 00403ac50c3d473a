/**
 * Makes a sentence from an English one with `{name}` placeholders, as `vscode.l10n.t` does with
 * named arguments (https://code.visualstudio.com/api/references/vscode-api#l10n); that function is
 * one, {@link plainTranslate} is the one for terminals.
 */
export type Translate = (message: string, args?: Record<string, string | number>) => string;

/** Fills in the placeholders and leaves the language alone. A placeholder without value stays. */
export const plainTranslate: Translate = (message, args = {}) =>
  message.replace(/\{([^}]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(args, name) ? String(args[name]) : placeholder,
  );
