import { resolve } from 'node:path';
import { Service } from '../../src/migrator/service/service';

/** One service, with the built threads, for all tests of a suite. */
export function useService(): Service {
  const service = new Service({ threads: resolve('dist') });
  after(() => service.dispose());
  return service;
}
