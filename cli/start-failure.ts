/** What Node says of an address that can not be listened on. */
interface ListenError extends NodeJS.ErrnoException {
  port?: number;
  address?: string;
  hostname?: string;
}

/** Why the mock can not listen, with what to do. */
export function listenFailure(error: ListenError): string {
  const { code, syscall, message, port, address, hostname } = error;
  if (syscall === 'getaddrinfo') {
    return `The host ${hostname} is not known (${code}). Choose another by --host or HOST: 127.0.0.1 is this machine.`;
  }
  if (syscall !== 'listen') return message;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${address} is in use. Stop what uses it, or choose another: --port 0 picks one.`;
    case 'EACCES':
      return `Port ${port} of ${address} may not be used by this user. Choose another by --port or PORT: --port 0 picks one.`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `The address ${address} is none of this machine (${code}). Choose another by --host or HOST: 127.0.0.1 is one.`;
    default:
      return message;
  }
}
