// An independent push service for the tests of Web Push: npm web-push-testing, which checks the VAPID token and decrypts.
//
// Prints {"port": …} when it listens on a free loopback port, and ends when standard input closes. The test then speaks its
// own HTTP interface: /subscribe, /notify/…, /expire-subscription/… and /get-notifications.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { PushApiModel } = require('web-push-testing/src/PushApiModel');
const PushServer = require('web-push-testing/src/server');

process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
console.log = () => {};  // its own words of where it listens
console.error = () => {};

const server = new PushServer(new PushApiModel(), 0);
server.startServer();
server._server.on('listening', () => {
  process.stdout.write(`${JSON.stringify({ port: server._server.address().port })}\n`);
});
