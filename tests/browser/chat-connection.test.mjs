// The connection of the chat page against a false server and a false clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './false-server.mjs';
import { load } from './page-modules.mjs';

const { rename } = await load('room-requests.js');

test('it joins with name and room, and shows the history once', () => {
  const talk = begin();
  assert.equal(talk.socket().protocol, 'chat-room');
  assert.equal(talk.state(), 'connecting');
  talk.open();
  const [join] = talk.sent();
  assert.deepEqual([join.type, join.room, join.nick, join.since, join.session], ['join', 'tea', 'Ada', undefined, undefined]);
  talk.join({ offset: 2, replay: 2 });
  assert.equal(talk.state(), 'live');
  talk.say(1, 'one', { replay: true });
  assert.equal(talk.all('replayed').length, 0);
  talk.say(2, 'two', { replay: true });
  assert.equal(talk.all('replayed').length, 1);
  talk.say(2, 'two');
  talk.say(3, 'three');
  assert.deepEqual(talk.texts(), ['one', 'two', 'three']);
  assert.deepEqual(talk.all('gap'), []);
});

test('a ping is answered', () => {
  const talk = begin();
  talk.live();
  talk.receive({ type: 'ping' });
  assert.deepEqual(talk.sent('pong'), [{ type: 'pong' }]);
});

test('a message is sending, sent, and then the room shows it', () => {
  const talk = begin();
  talk.live();
  const cid = talk.send('hi');
  const [frame] = talk.sent('message');
  assert.deepEqual([frame.room, frame.text, frame.cid], ['tea', 'hi', cid]);
  talk.receive({ type: 'ok', id: frame.id, offset: 1, time: '2026-11-23T10:00:00.000Z' });
  assert.deepEqual(talk.all('outgoing').map(({ status }) => status), ['sending', 'sent']);
  talk.say(1, 'hi', { cid, from: { nick: 'Ada', user: 'u1' } });
  assert.deepEqual(talk.all('entry').map(({ own, cid: of }) => [own, of]), [[true, cid]]);
  talk.hangUp();
  talk.clockTo(5000);
  talk.live();
  assert.deepEqual(talk.sent('message'), []);
});

test('the answer may come after the room has shown the message', () => {
  const talk = begin();
  talk.live();
  const cid = talk.send('hi');
  talk.say(1, 'hi', { cid, from: { nick: 'Ada', user: 'u1' } });
  talk.receive({ type: 'ok', id: talk.sent('message')[0].id, offset: 1 });
  assert.deepEqual(talk.texts(), ['hi']);
  assert.deepEqual(talk.all('outgoing').map(({ status }) => status), ['sending']);
});

test('a lost connection is taken up where it broke', () => {
  const talk = begin();
  talk.live({ offset: 3 });
  talk.say(4, 'four');
  talk.hangUp();
  assert.equal(talk.state(), 'waiting');
  assert.equal(talk.connection.state.until, 250);
  assert.equal(talk.connection.state.reached, true);
  talk.clockTo(250);
  assert.equal(talk.sockets.length, 2);
  talk.open('s2');
  const [join] = talk.sent('join');
  assert.deepEqual([join.since, join.session], [{ epoch: 'e1', offset: 4 }, 's1']);
  talk.join({ offset: 6, replay: 2, recovered: true });
  talk.say(5, 'five', { replay: true });
  talk.say(6, 'six', { replay: true });
  assert.deepEqual(talk.texts(), ['four', 'five', 'six']);
  assert.deepEqual(talk.all('gap'), []);
  assert.equal(talk.connection.session, 's1');
});

test('a token from before a reload stays the one to come back with', () => {
  const talk = begin({ session: 's1' });
  talk.open('s8');
  assert.equal(talk.sent('join')[0].session, 's1');
  talk.join({ user: 'u1' });
  assert.equal(talk.connection.session, 's1');
  talk.hangUp();
  talk.clockTo(250);
  talk.open('s9');
  assert.equal(talk.sent('join')[0].session, 's1');
  talk.join({ user: 'u9' });
  assert.equal(talk.connection.session, 's9');
});

test('what cannot be taken up is a gap', () => {
  const talk = begin();
  talk.live({ offset: 3 });
  talk.hangUp();
  talk.clockTo(1000);
  talk.open('s9');
  talk.join({ user: 'u9', epoch: 'e2', offset: 2, replay: 2, recovered: false, missed: null });
  talk.say(1, 'new one', { replay: true });
  talk.say(2, 'new two', { replay: true });
  assert.deepEqual(talk.all('gap'), [{ missed: null }]);
  assert.deepEqual(talk.texts(), ['new one', 'new two']);
  assert.equal(talk.connection.session, 's9');
  talk.hangUp();
  talk.clockTo(2000);
  talk.open('s3');
  assert.deepEqual(talk.sent('join')[0].since, { epoch: 'e2', offset: 2 });
  talk.join({ user: 'u9', epoch: 'e2', offset: 90, replay: 1, recovered: false, missed: 40 });
  talk.say(90, 'ninety', { replay: true });
  assert.deepEqual(talk.all('gap').at(-1), { missed: 40 });
});

test('a break within the replay goes on from the last message shown', () => {
  const talk = begin();
  talk.live({ offset: 9, replay: 3 });
  talk.say(7, 'seven', { replay: true });
  talk.hangUp();
  talk.clockTo(1000);
  talk.open();
  assert.deepEqual(talk.sent('join')[0].since, { epoch: 'e1', offset: 7 });
});

test('unanswered messages are sent again with the same cid, after the replay and in order', () => {
  const talk = begin();
  talk.live();
  const first = talk.send('kept by the server');
  const second = talk.send('lost on the way');
  talk.hangUp();
  const third = talk.send('written while away');
  talk.clockTo(1000);
  talk.open();
  talk.join({ offset: 1, replay: 1, recovered: true });
  assert.deepEqual(talk.sent('message'), []);
  talk.say(1, 'kept by the server', { cid: first, replay: true, from: { nick: 'Ada', user: 'u1' } });
  assert.deepEqual(talk.sent('message').map(({ cid }) => cid), [second, third]);
  assert.deepEqual(talk.texts(), ['kept by the server']);
});

test('a message kept under a number already passed is shown when its answer comes', () => {
  const talk = begin();
  talk.live();
  const cid = talk.send('hi');
  talk.hangUp();
  talk.clockTo(1000);
  talk.open();
  talk.join({ epoch: 'e1', offset: 50, replay: 0, recovered: false, missed: 49 });
  const [frame] = talk.sent('message');
  talk.receive({ type: 'ok', id: frame.id, offset: 1, time: '2026-11-23T10:00:00.000Z' });
  assert.deepEqual(talk.all('entry').map(({ text, own, cid: of }) => [text, own, of]), [['hi', true, cid]]);
});

test('a refusal for now is tried again, a refusal for good is shown and can be retried', () => {
  const talk = begin();
  talk.live();
  const cid = talk.send('hi');
  talk.receive({ type: 'error', id: talk.sent('message')[0].id, code: 429, reason: 'rate-limited', temporary: true, retry_after: 700 });
  talk.clockTo(699);
  assert.equal(talk.sent('message').length, 1);
  talk.clockTo(1);
  assert.equal(talk.sent('message').length, 2);
  talk.receive({ type: 'error', id: talk.sent('message')[1].id, code: 413, reason: 'text-too-long', temporary: false });
  assert.deepEqual(talk.all('outgoing').at(-1), { cid, text: 'hi', to: undefined, status: 'failed', reason: 'text-too-long' });
  talk.clockTo(20000);
  assert.equal(talk.sent('message').length, 2);
  talk.room.outbox.retry(cid);
  assert.equal(talk.sent('message').at(-1).cid, cid);
});

test('who is muted for long is told so at once', () => {
  const talk = begin();
  talk.live();
  talk.send('hi');
  talk.receive({ type: 'error', id: talk.sent('message')[0].id, code: 403, reason: 'muted', temporary: true, retry_after: 600000 });
  assert.deepEqual([talk.all('outgoing').at(-1).status, talk.all('outgoing').at(-1).reason], ['failed', 'muted']);
});

test('a whisper stands once it is delivered, and says to whom', () => {
  const talk = begin();
  talk.live();
  const cid = talk.send('psst', 'Bob');
  const [frame] = talk.sent('message');
  assert.equal(frame.to, 'Bob');
  assert.deepEqual(talk.texts(), []);
  talk.receive({ type: 'ok', id: frame.id, delivered: ['Bob'] });
  assert.deepEqual(talk.all('entry').map(({ text, own, to, cid: of }) => [text, own, to, of]), [['psst', true, ['Bob'], cid]]);
  assert.equal(talk.room.outbox.has(cid), false);
});

test('several rooms share a connection, and each is taken up where it broke', () => {
  const talk = begin();
  talk.live();
  const milk = talk.connection.open('milk', 'Ada');
  const join = talk.sent('join')[1];
  assert.equal(join.room, 'milk');
  talk.receive({ type: 'joined', id: join.id, room: 'milk', nick: 'Ada', user: 'u1', epoch: 'e2', offset: 3, replay: 0, participants: [], count: 1 });
  talk.say(1, 'in tea');
  talk.say(4, 'in milk', { room: 'milk' });
  assert.deepEqual([talk.room.offset, milk.offset], [1, 4]);
  talk.hangUp();
  talk.clockTo(1000);
  talk.open();
  assert.deepEqual(talk.sent('join').map(({ room, since }) => [room, since]), [['tea', { epoch: 'e1', offset: 1 }], ['milk', { epoch: 'e2', offset: 4 }]]);
  talk.connection.leave(milk);
  assert.equal(talk.sent('leave').length, 0);
  talk.join({ offset: 1 });
  assert.equal(talk.state(), 'live');
});

test('put out of one of several rooms, the others stay; out of the last, nothing is left', () => {
  const talk = begin();
  talk.live();
  const milk = talk.connection.open('milk', 'Ada');
  const join = talk.sent('join')[1];
  talk.receive({ type: 'joined', id: join.id, room: 'milk', nick: 'Ada', user: 'u1', epoch: 'e2', offset: 0, replay: 0, participants: [], count: 1 });
  talk.receive({ type: 'leave', room: 'milk', user: 'u1', nick: 'Ada', reason: 'kicked', message: 'banned for 600 s: enough' });
  assert.deepEqual(milk.refused, { name: 'refused', reason: 'banned', text: 'banned for 600 s: enough' });
  assert.equal(talk.state(), 'live');
  talk.hangUp();
  talk.clockTo(1000);
  talk.open();
  assert.deepEqual(talk.sent('join').map(({ room }) => room), ['tea']);
  talk.join();
  milk.comeBack();
  assert.deepEqual(talk.sent('join').map(({ room }) => room), ['tea', 'milk']);
  talk.receive({ type: 'error', id: talk.sent('join')[1].id, room: 'milk', code: 401, reason: 'pin-required' });
  assert.equal(milk.refused.reason, 'pin-required');
  talk.receive({ type: 'room_closed', room: 'tea', reason: 'enough' });
  assert.deepEqual(talk.connection.state, { name: 'refused', reason: 'room-closed', text: 'enough' });
});

test('a message without an answer fails, and a late answer still counts', () => {
  const talk = begin();
  talk.live();
  const cid = talk.send('hi');
  for (let i = 0; i < 3; i++) {
    talk.clockTo(9000);
    talk.say(i + 1, 'others talk');
  }
  assert.equal(talk.all('outgoing').at(-1).status, 'failed');
  talk.say(4, 'hi', { cid, from: { nick: 'Ada', user: 'u1' } });
  assert.equal(talk.room.outbox.has(cid), false);
  assert.equal(talk.all('entry').at(-1).own, true);
});

test('no more messages wait than a bound', () => {
  const talk = begin();
  for (let i = 0; i < 50; i++) assert.notEqual(talk.send(`m${i}`), null);
  assert.equal(talk.send('one more'), null);
});

test('close codes that mean no end the tries, with the reason', () => {
  for (const code of [1008, 4500, 4501, 4503, 4504]) {
    const talk = begin();
    talk.live();
    talk.send('hi');
    talk.hangUp(code, 'because');
    assert.deepEqual(talk.connection.state, { name: 'refused', code, text: 'because' });
    assert.equal(talk.all('outgoing').at(-1).status, 'failed');
    talk.clockTo(3600000);
    assert.equal(talk.sockets.length, 1);
    talk.connection.start();
    assert.equal(talk.sockets.length, 2);
  }
});

test('a join that is refused for good stops, one refused for now waits', () => {
  const talk = begin();
  talk.open();
  talk.receive({ type: 'error', id: talk.sent('join')[0].id, code: 400, reason: 'bad-nick', temporary: false });
  assert.equal(talk.state(), 'refused');
  assert.equal(talk.connection.state.reason, 'bad-nick');
  rename(talk.room, 'Eve', () => {});
  talk.open();
  assert.equal(talk.sent('join')[0].nick, 'Eve');
  talk.receive({ type: 'error', id: talk.sent('join')[0].id, code: 503, reason: 'room-full', temporary: true, retry_after: 9000 });
  assert.equal(talk.state(), 'waiting');
  assert.equal(talk.connection.state.until, 9000);
});

test('waits grow, and shrink after half a minute of peace', () => {
  const talk = begin();
  const waits = [];
  for (let i = 0; i < 4; i++) {
    talk.hangUp();
    waits.push(talk.connection.state.until - talk.clock.time);
    talk.clockTo(waits.at(-1));
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000]);
  assert.equal(talk.connection.state.name, 'connecting');
  talk.live();
  for (let i = 0; i < 2; i++) {
    talk.clockTo(15000);
    talk.receive({ type: 'ping' });
  }
  talk.hangUp();
  assert.equal(talk.connection.state.until - talk.clock.time, 250);
});

test('everybody sent away at once does not return at once', () => {
  const talk = begin();
  talk.live();
  talk.hangUp(1012);
  assert.equal(talk.connection.state.until, 2500);
});

test('waking tries at once while waiting', () => {
  const talk = begin();
  talk.live();
  talk.hangUp(1012);
  talk.connection.wake();
  assert.equal(talk.sockets.length, 2);
  talk.connection.wake();
  assert.equal(talk.sockets.length, 2);
});

test('silence is broken by a question, and no answer means the line is dead', () => {
  const talk = begin();
  talk.live();
  talk.clockTo(34999);
  assert.equal(talk.sent('participants').length, 0);
  talk.clockTo(1);
  assert.equal(talk.sent('participants').length, 1);
  talk.receive({ type: 'error', id: talk.sent('participants')[0].id, code: 400, reason: 'unknown-type' });
  talk.clockTo(34999);
  assert.equal(talk.state(), 'live');
  talk.clockTo(1 + 8000);
  assert.equal(talk.state(), 'waiting');
  assert.equal(talk.sockets[0].closedWith, null);
});

test('a server that never greets is given up after ten seconds', () => {
  const talk = begin();
  talk.socket().readyState = 1;
  talk.socket().onopen();
  talk.clockTo(10000);
  assert.equal(talk.state(), 'waiting');
});

test('nonsense from the server harms nothing', () => {
  const talk = begin();
  for (const data of ['', '{', 'null', '7', '[]', '{"type":"toString"}', '{"type":"constructor"}', '{"id":1}']) {
    talk.socket().onmessage({ data });
  }
  talk.live();
  for (const frame of [{ type: 'message' }, { type: 'message', text: 7, offset: 'x' }, { type: 'joined' }, { type: 'unheard-of' }]) {
    talk.receive(frame);
  }
  assert.equal(talk.state(), 'live');
  talk.receive({ type: 'welcome', protocol: 2 });
  assert.equal(talk.connection.state.reason, 'protocol');
});
