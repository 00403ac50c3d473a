import { packageExtension } from './packageExtension.mjs';

console.log(await packageExtension());
