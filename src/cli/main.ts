import { version } from '../../package.json';
import { errorInfo } from '../core/errors';
import { outcomeOf } from '../core/run/runEvents';
import { Service } from '../migrator/service/service';
import type { ThreadPool } from '../migrator/service/threads';
import { commands } from './commands';
import { Context } from './context';
import { exitCodes } from './exitCodes';
import { help } from './help';
import type { Options } from './options';
import { parseOptions } from './options';
import type { Output } from './output';
import { JsonOutput, TextOutput } from './output';
import { streams } from './streams';
import { styleFor } from './style';

/** Does what a command line says; the exit code. */
export async function main(args: readonly string[], threads: ThreadPool): Promise<number> {
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
    const service = new Service({ threads });
    const place = { folder: process.cwd(), env: process.env };
    const context = new Context(options, output, place, service, version);
    return await commands[options.command!](context);
  } catch (error) {
    const info = errorInfo(error);
    output.error(info);
    return exitCodes[outcomeOf(info.code)];
  }
}
