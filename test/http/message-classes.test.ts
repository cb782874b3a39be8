import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { messageClassesOf } from '../../server/http/message-classes.js';

test('Express finds a message as it would make it, and changes no prototype', async () => {
  const app = express();
  app.get('/', (req, res) => {
    res.json({ name: req.query['name'], isOfApp: req.app === app });
  });
  const changed: boolean[] = [];
  const server = createServer(messageClassesOf(app), (req, res) => {
    const before = [req, res].map((message: object) => Object.getPrototypeOf(message) as object);
    app(req as never, res as never);
    changed.push(...[req, res].map((message, index) => Object.getPrototypeOf(message) !== before[index]));
  });
  const answer = await request(server).get('/?name=a');
  expect(answer.body).toEqual({ name: 'a', isOfApp: true });
  expect(changed).toEqual([false, false]);
});
