// Reading up and down in a conversation that is longer than what is drawn of it.

import { MOST_ITEMS, MOST_ROWS, STEP } from './chat-log.js';
import { earlier } from './room-requests.js';

/* Draws more of view's log where its reader comes to an end of it, and takes as much away at the other;
 * at the top of what is known it asks the room for more. 'full': the oldest is forgotten. */
export function extend(view, where) {
  const { log } = view;
  if (where === 'full') forgetOldest(log);
  else if (!log.shown) return;
  else if (where === 'down') extendDown(log);
  else if (log.start > 0) extendUp(log);
  else loadEarlier(view);
}

function loadEarlier(view) {
  const { log, room } = view;
  if (!view.more || view.loading || !room.isIn || log.items.length >= MOST_ITEMS) return;
  view.loading = true;
  earlier(room, log.oldestOffset, (page) => {
    view.loading = false;
    if (!page) return;
    view.more = page.more;
    log.items = [...page.entries, ...log.items];
    log.start += page.entries.length;
    log.end += page.entries.length;
    if (log.shown) {
      extendUp(log, () => {
        document.getElementById('earlier').hidden = !page.more;
        log.redraw(log.start);
      });
    }
    view.changed(view);
  });
}

function extendUp(log, before = () => {}) {
  inPlace(log, () => {
    before();
    const start = Math.max(0, log.start - STEP);
    const more = [];
    for (let i = start; i < log.start; i++) more.push(log.nodesAt(i));
    log.list.prepend(...more.flat());
    log.nodes.unshift(...more);
    log.start = start;
  });
  const extra = log.end - log.start - MOST_ROWS;
  if (extra <= 0) return;
  for (const nodes of log.nodes.splice(-extra)) for (const node of nodes) node.remove();
  log.end -= extra;
}

function extendDown(log) {
  log.quietly(() => log.grow(Math.min(log.items.length, log.end + STEP)));
  const extra = log.end - log.start - MOST_ROWS;
  if (extra > 0) inPlace(log, () => log.shrinkTop(extra));
}

// What changes above what is being read must not move it.
function inPlace(log, change) {
  const { box } = log;
  const before = box.scrollHeight - box.scrollTop;
  log.quietly(change);
  box.scrollTop = box.scrollHeight - before;
}

function forgetOldest(log) {
  const count = log.items.length - MOST_ITEMS + STEP;
  if (count <= STEP) return;
  const drawn = Math.min(Math.max(0, count - log.start), log.nodes.length);
  log.items.splice(0, count);
  if (drawn > 0) log.shrinkTop(drawn);
  log.start = Math.max(0, log.start - count);
  log.end = log.start + log.nodes.length;
}
