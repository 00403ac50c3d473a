// Installs the dependencies when they are missing or older than the lock file.
import { install } from './install.mjs';

try {
  await install();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
