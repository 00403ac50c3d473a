import { nativeEngine } from '../../sqlite/native/nativeEngine';
import { serveThread } from './threadServer';

// The entry of the thread that runs SQL through node:sqlite, for runs and for looks.
void serveThread(nativeEngine);
