/** What a call is answered: a status and a body, a whole answer, or an error in place of it. */
type Reply = [status: number, body?: string | object, headers?: Record<string, string>] | Response | Error;

/** A fetch that gives one reply after the other, the last one again and again; and what it was asked for. */
export function fakeFetch(...replies: (Reply | ((request: Request) => Reply | Promise<Reply>))[]) {
  const requests: Request[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const reply = replies[Math.min(requests.push(request), replies.length) - 1];
    const given = typeof reply === 'function' ? await reply(request) : reply;
    if (given === undefined) throw new Error('There is no reply.');
    if (given instanceof Error) throw given;
    if (given instanceof Response) return given.clone();
    const [status, body, headers = {}] = given;
    const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? null);
    return new Response(text, { status, headers });
  };
  return { fetch, requests };
}
