// What stands between a page and the server, for tests of broken connections.
import net from 'node:net';

// A way to the server that can be cut: `cut()` breaks what is open and refuses what comes, `mute()`
// swallows what the server says, `mend()` ends both.
export async function startProxy({ port }) {
  const pairs = new Set();
  let open = true;
  let muted = false;
  const listener = net.createServer((near) => {
    near.on('error', () => {});
    if (!open) {
      near.destroy();
      return;
    }
    const far = net.connect(port, '127.0.0.1');
    far.on('error', () => {});
    const pair = { near, far };
    pairs.add(pair);
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => { if (!muted) near.write(data); });
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.on('close', end);
    far.on('close', end);
  });
  await new Promise((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
  listener.unref(); // a test that failed before it stopped this can end
  const cut = () => {
    open = false;
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return { url: `http://127.0.0.1:${listener.address().port}/`, cut, mute: () => { muted = true; },
    mend: () => { open = true; muted = false; },
    stop: () => new Promise((resolve) => {
      cut();
      listener.close(resolve);
    }) };
}
