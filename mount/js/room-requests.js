// What a room is asked for now and then: another name, older messages. No DOM.

/* done(null) when the room took the name, or will be asked for it on joining; else done(reason). */
export function rename(room, nick, done) {
  if (!room.isIn) {
    const before = room.nick;
    room.wantedNick = nick;
    // Whoever comes back to its place has the old name there.
    room.onJoined = () => { if (room.nick === before) rename(room, nick, () => {}); };
    done(null);
    room.comeBack();
    return;
  }
  room.request({ type: 'nick', nick }, (reply) => {
    if (reply?.type === 'ok') room.wantedNick = nick;
    done(reply?.type === 'ok' ? null : reply?.reason ?? 'no-answer');
  });
}

/* done({entries, more}) with the messages just before the offset, or done(null). */
export function earlier(room, before, done) {
  room.request({ type: 'history', before, limit: 100 }, (reply) => {
    done(reply?.type === 'history'
      ? { entries: reply.messages.map((message) => room.entry(message)), more: Boolean(reply.more) } : null);
  });
}

/* Asks who is here; the answer is told as `people`. */
export function list(room, done) {
  room.request({ type: 'participants' }, (reply) => {
    if (reply?.type === 'participants') room.takePeople(reply);
    done();
  });
}
