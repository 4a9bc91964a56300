// @ts-check
// The relay (TURN): for networks that let through nothing but the port of the pages. It is where the page is from.

/** @typedef {{username: string, credential: string, udp_port?: number}} Relay */

/**
 * What a peer connection is told of the relay.
 * @param {Relay} relay
 * @param {{protocol: string, hostname: string, port: string}} page
 * @returns {RTCIceServer}
 */
export function iceServer({ username, credential, udp_port }, { protocol, hostname, port }) {
  const secure = protocol === "https:";
  const urls = [`${secure ? "turns" : "turn"}:${hostname}:${port || (secure ? 443 : 80)}?transport=tcp`];
  if (udp_port !== undefined) {
    urls.push(`turn:${hostname}:${udp_port}?transport=udp`);
  }
  return { urls, username, credential };
}

/** Straight to the server at first: a relay costs it a connection and each packet twice. Once that has come to nothing, by the relay as well. */
export class Ways {
  /** @type {Relay | null} */
  relay = null;
  #isStraightClosed = false;

  /** Whether there is another way to try. */
  get hasAnother() {
    return this.relay !== null && !this.#isStraightClosed;
  }

  /**
   * A connection has come up; where it has come straight, the next one begins so as well.
   * @param {RTCPeerConnection} pc
   */
  async arrived(pc) {
    const reports = await pc.getStats();
    for (const report of reports.values()) {
      const named = report.type === "transport" ? reports.get(report.selectedCandidatePairId) : undefined;
      // Firefox marks the pair itself.
      const pair = report.type === "candidate-pair" && report.selected ? report : named;
      if (pair) {
        this.#isStraightClosed = reports.get(pair.localCandidateId)?.relayProtocol !== undefined;
      }
    }
  }

  straightIsClosed() {
    this.#isStraightClosed = true;
  }

  /** @returns {RTCIceServer[]} */
  servers() {
    return this.relay && this.#isStraightClosed ? [iceServer(this.relay, location)] : [];
  }
}
