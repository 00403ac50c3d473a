import type * as ProperLockfile from 'proper-lockfile';

const patched = ['on', 'emit', 'reallyExit', 'cwd', 'chdir'] as const;

/**
 * Loads `proper-lockfile` and takes back what loading it does to the process: a patched
 * `process.emit` and `process.reallyExit`. The listeners it wants for every signal that can end a
 * process are not even added: Node ignores SIGXFSZ until somebody has listened to it, and from then
 * on a file that reaches its size limit ends the process instead of failing a write. Who ends this
 * process, and what is removed then, is for its main file to decide. It is loaded when first needed:
 * it takes some 10 ms.
 */
export function loadProperLockfile(): typeof ProperLockfile {
  const restore = rememberProcess();
  const { on } = process;
  process.on = function (name: string, listener: () => void) {
    return name.startsWith('SIG') ? process : on.call(process, name, listener);
  } as typeof on;
  try {
    // Synchronous, so that nobody else's listeners come between.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('proper-lockfile') as typeof ProperLockfile;
  } finally {
    restore();
  }
}

function rememberProcess(): () => void {
  const before = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  const own = patched.map(
    (name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const,
  );
  return () => {
    for (const [name, property] of own) {
      if (property) {
        Object.defineProperty(process, name, property);
      } else {
        Reflect.deleteProperty(process, name);
      }
    }
    for (const name of process.eventNames()) {
      const kept = new Set(before.get(name));
      for (const listener of process.rawListeners(name)) {
        if (!kept.has(listener)) {
          process.removeListener(name, listener as () => void);
        }
      }
    }
  };
}
