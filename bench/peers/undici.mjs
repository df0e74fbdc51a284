// A look-up of several addresses with Node's undici: all are asked at once over kept connections, the answers
// awaited together. Its one argument is where to ask; each address is put behind it.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const where = new URL(process.argv[2]);
const pool = new Pool(where.origin, { connections: 256 });
const path = where.pathname + where.search;

async function lookUp(ip) {
    const { body } = await pool.request({ method: 'GET', path: path + ip });
    const { ret, country, province, city } = await body.json();
    return ret === 1 ? { ip, ok: true, country, region: province, city } : { ip, ok: false };
}

const server = createServer(async (request, response) => {
    const addresses = new URL(request.url, 'http://localhost').searchParams.getAll('ip');
    const results = await Promise.all(addresses.map(lookUp));
    const succeeded = results.filter((result) => result.ok).length;
    const failed = results.length - succeeded;
    const body = JSON.stringify({ complete: !failed, count: results.length, succeeded, failed, results });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
