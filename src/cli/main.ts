import { version } from '../../package.json';
import { errorInfo } from '../core/errors';
import { outcomeOf } from '../core/run/runEvents';
import { Service } from '../migrator/service/service';
import { type ThreadAhead, ThreadPool } from '../migrator/service/threads';
import { backupsCommand, restoreCommand } from './backupCommands';
import { type Command, Context, exitCodes } from './context';
import { help } from './help';
import { markAppliedCommand } from './markAppliedCommand';
import { newCommand, resolveCommand, runCommand } from './migrationCommands';
import { type CommandName, type Options, parseOptions } from './options';
import { JsonOutput, type Output, styleFor, TextOutput } from './output';
import { previewCommand } from './previewCommand';
import { lockCommand, statusCommand } from './statusCommands';

/**
 * Does what a command line says; the exit code.
 *
 * @param folder of the bundled thread files
 * @param ahead a thread that the command needs and that has been started already
 */
export async function main(
  args: readonly string[],
  folder: string,
  ahead?: ThreadAhead,
): Promise<number> {
  const { out, err } = streams();
  const style = styleFor(process.stdout, process.env);
  const errStyle = styleFor(process.stderr, process.env);
  const outputFor = (options: Pick<Options, 'json' | 'verbose'>): Output =>
    options.json
      ? new JsonOutput({ out, err }, style)
      : new TextOutput({ out, err }, style, options.verbose, errStyle);
  let output = outputFor({ json: args.includes('--json'), verbose: args.includes('--verbose') });
  try {
    const options = parseOptions(args);
    output = outputFor(options);
    if (options.help || options.version) {
      out(options.version ? `${version}\n` : help(options.command));
      return 0;
    }
    const service = new Service({ threads: new ThreadPool(folder, ahead) });
    const place = { folder: process.cwd(), env: process.env };
    const context = new Context(options, output, place, service, version);
    return await commands[options.command!](context);
  } catch (error) {
    const info = errorInfo(error);
    output.error(info);
    return exitCodes[outcomeOf(info.code)];
  }
}

const commands: Readonly<Record<CommandName, Command>> = {
  status: statusCommand,
  preview: previewCommand,
  migrate: runCommand('up'),
  rollback: runCommand('down'),
  'mark-applied': markAppliedCommand,
  new: newCommand,
  lock: lockCommand,
  resolve: resolveCommand,
  backups: backupsCommand,
  restore: restoreCommand,
};

/** Writers to stdout and stderr; a reader that has gone (`| head`) does not stop the command. */
function streams(): { out: (text: string) => void; err: (text: string) => void } {
  return { out: writer(process.stdout), err: writer(process.stderr) };
}

function writer(stream: NodeJS.WriteStream): (text: string) => void {
  let gone = false;
  stream.on('error', () => {
    gone = true;
  });
  return (text) => {
    if (!gone) {
      stream.write(text);
    }
  };
}
