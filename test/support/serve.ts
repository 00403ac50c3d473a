import { VsCodeServer } from './vscodeServer';

/**
 * Serves a workspace with the packaged extension to any browser of this machine until stopped.
 * Usage: serve.js <extension.vsix> <workspace folder>
 */
async function main([vsix, folder]: readonly string[]): Promise<void> {
  const server = await VsCodeServer.start({ graceSeconds: 600 });
  await server.install(vsix);
  console.log(`Open this in a browser, Ctrl-C ends it:\n\n  ${server.address(folder)}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void server.stop().then(() => process.exit(0)));
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
