/** Node's own server: no routes but a comparison, and the bytes as they are. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { argv } from 'node:process';

const [port, file] = argv.slice(2);
const bodies = JSON.parse(readFileSync(file, 'utf8'));
const list = Buffer.from(JSON.stringify(bodies.list));
const job = Buffer.from(JSON.stringify(bodies.job));

createServer((request, response) => {
  const body = request.url.startsWith('/export/jobs/') ? job : list;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
}).listen(Number(port), '127.0.0.1');
