// @ts-check
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const LOOPBACK = "127.0.0.1";

/**
 * A port of the loopback interface that was free a moment ago, for TCP and for UDP.
 *
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (;;) {
    const tcp = createServer().listen(0, LOOPBACK);
    await once(tcp, "listening");
    const address = tcp.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const udp = createSocket("udp4");
    const free = await new Promise((done) => {
      udp.once("error", () => done(false));
      udp.bind(port, LOOPBACK, () => done(true));
    });
    udp.close();
    tcp.close();
    await once(tcp, "close");
    if (free) return port;
  }
}
