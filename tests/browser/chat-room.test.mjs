// One room: its people, their names, its older messages; with a false server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './false-server.mjs';
import { load } from './page-modules.mjs';

const { earlier, list, rename } = await load('room-requests.js');

test('people come, go and rename', () => {
  const talk = begin();
  talk.live();
  talk.receive({ type: 'join', room: 'tea', user: 'u2', nick: '小薇', count: 2 });
  talk.receive({ type: 'nick', room: 'tea', user: 'u2', nick: '薇', previous: '小薇' });
  assert.deepEqual(talk.all('people').at(-1), { list: [{ nick: 'Ada', user: 'u1' }, { nick: '薇', user: 'u2' }], count: 2 });
  talk.receive({ type: 'nick', room: 'tea', user: 'u1', nick: 'Eve', previous: 'Ada' });
  assert.equal(talk.all('event').at(-1).own, true);
  assert.equal(talk.room.nick, 'Eve');
  talk.receive({ type: 'leave', room: 'tea', user: 'u2', nick: '薇', count: 1, reason: 'timeout' });
  assert.equal(talk.all('event').at(-1).reason, 'timeout');
  assert.equal(talk.all('people').at(-1).count, 1);
});

test('a new name is asked for, and kept for the next connection', () => {
  const talk = begin();
  talk.live();
  const answers = [];
  rename(talk.room, 'Bob', (reason) => answers.push(reason));
  talk.receive({ type: 'error', id: talk.sent('nick')[0].id, code: 409, reason: 'nick-in-use' });
  rename(talk.room, 'Eve', (reason) => answers.push(reason));
  talk.receive({ type: 'ok', id: talk.sent('nick')[1].id });
  assert.deepEqual(answers, ['nick-in-use', null]);
  talk.hangUp();
  talk.clockTo(1000);
  talk.open();
  assert.equal(talk.sent('join')[0].nick, 'Eve');
});

test('a new name given while away is asked for in the old place, too', () => {
  const talk = begin();
  talk.live();
  talk.hangUp();
  rename(talk.room, 'Eve', () => {});
  talk.open();
  assert.equal(talk.sent('join')[0].nick, 'Eve');
  talk.join({ nick: 'Ada', recovered: true });
  assert.equal(talk.sent('nick')[0].nick, 'Eve');
  talk.hangUp();
  talk.clockTo(1000);
  talk.live({ nick: 'Ada', recovered: true });
  assert.equal(talk.sent('nick').length, 0);
});

test('in a large room, where nobody is told of, who is here is asked for', () => {
  const talk = begin();
  talk.live({ participants: [{ nick: 'Ada', user: 'u1' }], count: 500 });
  assert.equal(talk.all('people').at(-1).count, 500);
  let answered = 0;
  list(talk.room, () => { answered += 1; });
  talk.receive({ type: 'participants', id: talk.sent('participants')[0].id, room: 'tea', count: 480, more: true,
    participants: [{ nick: 'Ada', user: 'u1' }, { nick: 'Bob', user: 'u2' }] });
  assert.equal(answered, 1);
  assert.deepEqual(talk.all('people').at(-1), { list: [{ nick: 'Ada', user: 'u1' }, { nick: 'Bob', user: 'u2' }], count: 480 });
  talk.connection.wake();
  talk.receive({ type: 'participants', id: talk.sent('participants')[1].id, room: 'tea', count: 470, more: true, participants: [] });
  assert.equal(talk.all('people').at(-1).count, 470);
  list(talk.room, () => { answered += 1; });
  talk.hangUp();
  assert.equal(answered, 2);
});

test('older messages are fetched, and an end of the connection answers too', () => {
  const talk = begin();
  talk.live({ offset: 9 });
  const pages = [];
  earlier(talk.room, 5, (page) => pages.push(page));
  const [frame] = talk.sent('history');
  assert.deepEqual([frame.before, frame.room], [5, 'tea']);
  talk.receive({ type: 'history', id: frame.id, more: false,
    messages: [{ type: 'message', offset: 4, text: 'four', from: { nick: 'Ada', user: 'u1' } }] });
  earlier(talk.room, 4, (page) => pages.push(page));
  talk.hangUp();
  assert.deepEqual(pages.map((page) => page && [page.entries[0].text, page.entries[0].own, page.more]), [['four', true, false], null]);
  assert.deepEqual(talk.texts(), []);
});
