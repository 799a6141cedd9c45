// An independent SMSC for the tests of SMS: npm smpp, with what a test tells it to do wrong.
//
// Reads lines of JSON from standard input; the first one is {systemId, password}, later ones are mishaps for the next
// submit_sm: {status: N} answers with an error, {silent: true} never answers, {cut: true} takes it and cuts the line,
// {receipt: "UNDELIV"} reports so, {tlv: true} reports by optional parameters alone, {twice: true} reports twice.
// Prints {"port": N}, then a line for each submit_sm that it takes. Ends when standard input closes.
import { createServer } from 'smpp';

const mishaps = [];
let known;
let count = 0;
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (part) => {
  text += part;
  const lines = text.split('\n');
  text = lines.pop();
  for (const line of lines) known ? mishaps.push(JSON.parse(line)) : begin(JSON.parse(line));
});
process.stdin.on('end', () => process.exit(0));

function begin(login) {
  known = login;
  const server = createServer(serve);
  server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
}

function serve(session) {
  let bound = false;
  session.on('error', () => session.destroy());
  session.on('bind_transceiver', (pdu) => {
    bound = pdu.system_id === known.systemId && pdu.password === known.password;
    session.send(pdu.response({ command_status: bound ? 0 : 0x0e, system_id: 'smsc' }));
    if (!bound) session.close();
  });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('submit_sm', (pdu) => take(session, pdu, mishaps.shift() ?? {}));
}

function take(session, pdu, mishap) {
  if (mishap.status) return session.send(pdu.response({ command_status: mishap.status }));
  const id = `smsc-${++count}`;
  const body = pdu.short_message;
  say({
    id, to: pdu.destination_addr, from: pdu.source_addr, fromTon: pdu.source_addr_ton, toTon: pdu.dest_addr_ton,
    coding: pdu.data_coding, esm: pdu.esm_class, receipt: pdu.registered_delivery,
    text: Buffer.isBuffer(body.message) ? body.message.toString('hex') : body.message,
    header: body.udh ? body.udh.map((one) => [...one]) : null,
  });
  if (mishap.cut) return session.destroy();
  if (!mishap.silent) session.send(pdu.response({ message_id: id }));
  if (!pdu.registered_delivery) return;
  const said = mishap.receipt ?? 'DELIVRD';
  const report = {
    source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
    short_message: mishap.tlv ? '' : `id:${id} sub:001 dlvrd:001 submit date:2611290900 done date:2611290901 stat:${said} err:000 text:`,
    ...(mishap.tlv ? { receipted_message_id: id, message_state: 2 } : {}),
  };
  for (let n = 0; n < (mishap.twice ? 2 : 1); n += 1) setTimeout(() => session.deliver_sm(report), 30);
}
