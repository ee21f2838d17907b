// The wire to a mail server in the runtime of the edge: a socket, encrypted from the start, later, or never.
import { connect } from 'cloudflare:sockets';
import type { MailServer, Wire } from './smtp.ts';

export function dial({ host, port, security }: MailServer): Wire {
	const secureTransport = { tls: 'on', starttls: 'starttls', plain: 'off' } as const;
	return wireOf(
		connect({ hostname: host, port }, { secureTransport: secureTransport[security], allowHalfOpen: false })
	);
}

function wireOf(socket: Socket): Wire {
	return {
		readable: socket.readable as ReadableStream<Uint8Array>,
		writable: socket.writable as WritableStream<Uint8Array>,
		startTls: () => wireOf(socket.startTls()),
		close: () => socket.close()
	};
}
