import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './page-modules.mjs';

const { findAddresses, addressKey } = await load('find-addresses.js');
const { textParts } = await load('text-parts.js');
const { strings, pickLanguage, translate } = await load('strings.js');
const { moreStrings } = await load('strings-more.js');
const { addressStrings } = await load('strings-addresses.js');
const { Backoff, closeVerdict } = await load('backoff.js');

const found = [
  ['14.130.112.24', '14.130.112.24'],
  ['1.2.3.4,5.6.7.8;9.9.9.9', '1.2.3.4 5.6.7.8 9.9.9.9'],
  ['地址1.2.3.4很慢，５', '1.2.3.4'],
  ['1.2.3.4:8080 and [2001:db8::1]:443', '1.2.3.4 2001:db8::1'],
  ['It was 8.8.8.8. Or 2001:db8::2: yes', '8.8.8.8 2001:db8::2'],
  ['client:1.2.3.4 from:2001:db8::3', '1.2.3.4 2001:db8::3'],
  ['10.0.0.0/8 1.2.3.4-1.2.3.9', '10.0.0.0 1.2.3.4 1.2.3.9'],
  ['::1 fe80:: fe80::1%eth0', '::1 fe80:: fe80::1'],
  ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ['1.2.3.4 1.2.3.4 2001:DB8::1 2001:db8:0:0::1', '1.2.3.4 2001:DB8::1'],
  ['2026-11-23 10:46:37 GET /1.1 200', ''],
  ['256.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4 v1.2.3.4', ''],
  ['00:11:22:33:44:55 std::vector a::b :: 1::2::3 12345::', ''],
  ['1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7:8:: 12345::1', ''],
  ['1:2:3:4:5:6:7:8 1:2:3:4:5:6::8', '1:2:3:4:5:6:7:8 1:2:3:4:5:6::8'],
  ['http://192.0.2.7/x?y=203.0.113.9&z', '192.0.2.7 203.0.113.9'],
  ['', ''],
];
for (const [text, addresses] of found) {
  test(`addresses in ${JSON.stringify(text)}`, () => {
    assert.equal(findAddresses(text).addresses.join(' '), addresses);
  });
}

test('no more addresses than the limit, and it says so', () => {
  const many = Array.from({ length: 1200 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(' ');
  const { addresses, capped } = findAddresses(many);
  assert.equal(addresses.length, 1000);
  assert.equal(capped, true);
  assert.equal(findAddresses('1.1.1.1 2.2.2.2', 2).capped, false);
});

test('an address is the same however it is written', () => {
  assert.equal(addressKey('2001:DB8::1'), addressKey('2001:db8:0:0:0:0:0:1'));
  assert.equal(addressKey('::ffff:1.2.3.4'), addressKey('::ffff:102:304'));
  assert.equal(addressKey('::ffff:1.2.3.4'), addressKey('1.2.3.4'));
  assert.equal(addressKey('1.2.3'), null);
});

const links = [
  ['no link', []],
  ['see https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
  ['(http://example.org/x_(y)) and http://example.org/z)', ['http://example.org/x_(y)', 'http://example.org/z']],
  ['看https://example.org/路', ['https://example.org/']],
  ['链接https://example.org/a，好', ['https://example.org/a']],
  ['<https://example.org/>"https://example.org/b"', ['https://example.org/', 'https://example.org/b']],
  ['javascript:alert(1) data:text/html,x ftp://example.org', []],
  ['http:// https://', []],
  ['HTTPS://EXAMPLE.ORG/A', ['HTTPS://EXAMPLE.ORG/A']],
];
for (const [text, urls] of links) {
  test(`links in ${JSON.stringify(text)}`, () => {
    const parts = textParts(text);
    assert.deepEqual(parts.filter(({ href }) => href).map((part) => part.text), urls);
    assert.equal(parts.map((part) => part.text).join(''), text);
  });
}

test('each sentence is there in both languages', () => {
  const each = (entries, path) => {
    for (const [key, entry] of Object.entries(entries)) {
      if (!Array.isArray(entry)) {
        each(entry, `${path}${key}.`);
        continue;
      }
      assert.equal(entry.length, 2, path + key);
      for (const text of entry) {
        const shown = typeof text === 'function' ? text({ n: 3, failed: 1, typists: ['a', 'b'], room: 'r', rate: 5, burst: 20 }) : text;
        assert.ok(shown.length > 0, path + key);
      }
    }
  };
  each(strings, '');
  each(moreStrings, '');
  each(addressStrings, '');
});

test('no sentence stands in two files of the chat', () => {
  assert.deepEqual(Object.keys(strings).filter((key) => Object.hasOwn(moreStrings, key)), []);
});

test('the language follows what was chosen, then the browser', () => {
  assert.equal(pickLanguage(null, ['fr', 'zh-TW', 'en']), 'zh');
  assert.equal(pickLanguage('en', ['zh-CN']), 'en');
  assert.equal(pickLanguage(null, ['fr']), 'en');
  assert.equal(pickLanguage('toString', undefined), 'en');
});

test('texts are filled in, unknown keys are undefined', () => {
  assert.equal(translate(strings, 'en', 'joined', { nick: '$& {nick}' }), '$& {nick} came in');
  assert.equal(translate(strings, 'zh', 'peopleHere', { n: 2 }), '2 人在线');
  assert.equal(translate(moreStrings, 'en', 'close.4501'), 'You were removed from the room');
  assert.equal(translate(moreStrings, 'en', 'reason.constructor'), undefined);
  assert.equal(translate(strings, 'en', 'nothing.at.all'), undefined);
});

test('a name that is written from the right stays within itself', () => {
  const words = { joined: ['{nick} came in', '{nick} 进入聊天室'] };
  assert.equal(translate(words, 'en', 'joined', { nick: 'Ann' }), 'Ann came in');
  assert.equal(translate(words, 'en', 'joined', { nick: 'דנה' }), '\u2068דנה\u2069 came in');
  assert.equal(translate(words, 'zh', 'joined', { nick: 'سارة' }), '\u2068سارة\u2069 进入聊天室');
});

const { mentions } = await load('chat-room.js');
for (const [text, nick, names] of [['Ann?', 'Ann', true], ['hi ann', 'Ann', true], ['Anna', 'Ann', false], ['Joann', 'Ann', false],
  ['annie and ann', 'Ann', true], ['小薇你好', '小薇', true], ['你好小薇', '小薇', true], ['a.b', 'a.b', true], ['axb', 'a.b', false],
  ['请Ann看', 'Ann', true], ['(a[b', '(a[b', true], ['\\', '\\', true], ['C++ is', 'C++', true], ['ПРИВЕТ, Аня', 'аня', true], ['', 'Ann', false], ['anything', '', false]]) {
  test(`${JSON.stringify(text)} ${names ? 'names' : 'does not name'} ${JSON.stringify(nick)}`, () => {
    assert.equal(mentions(text, nick), names);
  });
}

test('close codes say whether to come back', () => {
  for (const code of [1003, 1007, 1008, 1009, 4500, 4503, 4999]) assert.equal(closeVerdict(code), 'stop');
  for (const code of [1012, 4003]) assert.equal(closeVerdict(code), 'spread');
  for (const code of [1000, 1001, 1005, 1006, 1011, 4001, 4002]) assert.equal(closeVerdict(code), 'retry');
});

test('waits grow to a bound, are drawn from the whole range, and start anew', () => {
  const backoff = new Backoff({ random: () => 0.5 });
  const waits = Array.from({ length: 8 }, () => backoff.next());
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 10000, 10000]);
  backoff.reset();
  assert.equal(backoff.next(), 250);
  assert.equal(new Backoff({ random: () => 0 }).next(), 0);
  assert.equal(backoff.spread(), 2500);
});
