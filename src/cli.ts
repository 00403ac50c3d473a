#!/usr/bin/env node
import { version } from '../package.json';
import { commands } from './cli/commands';
import { Context } from './cli/context';
import { exitCodes } from './cli/exitCodes';
import { help } from './cli/help';
import type { Options } from './cli/options';
import { parseOptions } from './cli/options';
import type { Output } from './cli/output';
import { JsonOutput, TextOutput } from './cli/output';
import { streams } from './cli/streams';
import { styleFor } from './cli/style';
import { errorInfo } from './core/errors';
import { outcomeOf } from './core/run/outcomeOf';
import { Service } from './migrator/service';

// The same run as a window's, for terminals, tasks and CI.

void main(process.argv.slice(2)).then((code) => process.exit(code));

async function main(args: readonly string[]): Promise<number> {
  const { out, err } = streams();
  const style = styleFor(process.stdout, process.env);
  const outputFor = (options: Pick<Options, 'json' | 'verbose'>): Output =>
    options.json
      ? new JsonOutput({ out, err }, style)
      : new TextOutput({ out, err }, style, options.verbose);
  let output = outputFor({ json: args.includes('--json'), verbose: args.includes('--verbose') });
  try {
    const options = parseOptions(args);
    output = outputFor(options);
    if (options.help || options.version) {
      out(options.version ? `${version}\n` : help(options.command));
      return 0;
    }
    const service = new Service({ threads: __dirname });
    const place = { folder: process.cwd(), env: process.env };
    const context = new Context(options, output, place, service, version);
    return await commands[options.command!](context);
  } catch (error) {
    const info = errorInfo(error);
    output.error(info);
    return exitCodes[outcomeOf(info.code)];
  }
}
