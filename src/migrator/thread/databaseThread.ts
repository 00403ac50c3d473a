import { workerData } from 'node:worker_threads';
import { loadEngine } from '../../sqlite/engines';
import type { ThreadData } from '../threadProtocol';
import { serveThread } from './threadServer';

// The entry of every thread that runs SQL, with the engine its parent names.
void serveThread((wasm) => loadEngine((workerData as ThreadData).engine, wasm));
