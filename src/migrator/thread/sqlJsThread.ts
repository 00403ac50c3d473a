import { sqlJsEngine } from '../../sqlite/sqljs/sqlJsEngine';
import { serveThread } from './threadServer';

// The entry of the thread that runs SQL through sql.js.
void serveThread(sqlJsEngine);
