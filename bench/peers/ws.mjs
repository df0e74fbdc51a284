// A room with Node's ws: what one says, all hear. Uncompressed, as ws itself recommends for many clients.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
        for (const client of server.clients) {
            if (client.readyState === 1) {
                client.send(data, { binary: false });
            }
        }
    });
});
server.on('listening', () => console.log(`listening on ${server.address().port}`));
