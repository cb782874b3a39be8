/** Express with its defaults: no body parser, no validation, `res.json` of what it is given. */
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import express from 'express';

const [port, file] = argv.slice(2);
const { list, job } = JSON.parse(readFileSync(file, 'utf8'));

const app = express();
app.get('/export/jobs', (_request, response) => response.json(list));
app.get('/export/jobs/:id', (_request, response) => response.json(job));
app.listen(Number(port), '127.0.0.1');
