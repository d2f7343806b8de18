// A typical upload server in Node: an HTTP server, busboy, S3 requests signed with aws4, ffprobe and ffmpeg as child
// processes.
//
//     NODE_PATH=/usr/share/nodejs node server.js PORT S3-PORT [PROCESSES]      prints "ready" when it listens
const cluster = require('node:cluster');
const http = require('node:http');
const { S3 } = require('./s3');
const { receive } = require('./upload');

const [port, s3Port, processes = 1] = process.argv.slice(2).map(Number);

function serve() {
  const store = new S3({ port: s3Port, bucket: 'bench', region: 'us-east-1', accessKeyId: 'bench', secretAccessKey: 'benchbench' });
  const server = http.createServer(async (request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.method === 'GET') return answer(200, { status: 'ok' });
    try {
      answer(201, { success: true, data: await receive(request, store) });
    } catch (error) {
      answer(error.status ?? 500, { success: false, error: error.message });
      request.resume();
    }
  });
  server.requestTimeout = 0;
  server.listen(port, '127.0.0.1', () => (cluster.isWorker ? process.send('ready') : console.log('ready')));
}

if (processes > 1 && cluster.isPrimary) {
  let ready = 0;
  cluster.on('message', () => ++ready === processes && console.log('ready'));
  for (let i = 0; i < processes; i++) cluster.fork();
} else {
  serve();
}
