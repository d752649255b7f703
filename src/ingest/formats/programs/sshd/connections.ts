import { ifLike } from './message.ts';
import type { MessageGroup } from './message.ts';
import { readDropped, readNastyName, readPenalty, readRefused, readReverseMapping, reasonOf } from './readers.ts';
import { connectionId, endpointAt, endpointFrom, onlyConnectionId, onlyEndpoint } from './words.ts';

/** A connection's name with a reason behind it: `authenticating user NAME ADDRESS port N: reason`, `ADDRESS port N: reason`. */
const brokenOff = / port \d{1,5}: [^:]{1,200}$/;

/** What sshd says of connections, before and after somebody signed in. */
export const connections: readonly MessageGroup[] = [
  {
    activity: 'connection',
    messages: [
      ['Connection closed by ', 'connection closed', connectionId],
      ['Connection reset by ', 'connection reset', connectionId],
      ['Connection closed', 'connection closed'],
      ['Connection reset', 'connection reset'],
      ['Connection from ', 'connection opened', ifLike(/^\S{1,64} port \d{1,5}(?: on |$)|^\S{1,64}$/, endpointAt)],
      ['Closing connection to ', 'connection closed', endpointAt],
      ['Disconnected from ', 'disconnected', connectionId],
      ['Disconnecting: ', 'disconnected'],
      ['Disconnecting ', 'disconnected', onlyEndpoint],
      ['Received disconnect from ', 'disconnect received', endpointAt],
      ['Timeout, client not responding from ', 'timeout', connectionId],
      ['Transferred: sent ', 'connection closed'],
      ['srclimit_penalise: ', 'address penalised', readPenalty],
      ['beginning MaxStartups throttling', 'throttling begun'],
      ['exited MaxStartups throttling', 'throttling ended'],
    ],
  },
  {
    activity: 'connection',
    outcome: 'failure',
    messages: [
      ['Connection from ', 'connection failed', ifLike(brokenOff, connectionId)],
      ['Connection from ', 'timeout', ifLike(/ timed out(?: \[preauth\])?$/, connectionId)],
      ['ssh_dispatch_run_fatal: Connection from ', 'connection failed', connectionId],
      ['ssh_dispatch_run_fatal: ', 'connection failed'],
      ['banner exchange: Connection from ', 'bad identification', connectionId],
      ['Did not receive identification string from ', 'no identification', endpointAt],
      ['Bad protocol version identification ', 'bad identification', endpointFrom],
      ['Bad remote protocol version identification', 'bad identification'],
      ['Protocol major versions differ for ', 'bad identification', endpointAt],
      ['kex_exchange_identification: ', 'bad identification'],
      ['Magic value check failed ', 'negotiation failed', endpointFrom],
      ['Unable to negotiate with ', 'negotiation failed', onlyConnectionId],
      ['no matching ', 'negotiation failed'],
      ['no hostkey alg', 'negotiation failed'],
      ['kex_protocol_error: ', 'negotiation failed'],
      ['kex protocol error: ', 'negotiation failed'],
      ['Hm, kex protocol error: ', 'negotiation failed'],
      ['Timeout before authentication for connection from ', 'timeout', endpointAt],
      ['Timeout before authentication for ', 'timeout', endpointAt],
      ['drop connection ', 'connection refused', readDropped],
      ['refused connect from ', 'connection refused', readRefused],
      ['reverse mapping checking getaddrinfo for ', 'reverse mapping failed', readReverseMapping],
      ['Nasty PTR record ', 'reverse mapping failed', readNastyName],
      ['Address ', 'reverse mapping failed', endpointAt],
      ['Write failed: ', 'connection failed'],
      ['Read from socket failed: ', 'connection failed'],
      ['Read error from remote host ', 'connection failed', connectionId],
      ['Bad packet length ', 'connection failed'],
      ['Corrupted MAC on input', 'connection failed'],
      ['padding error: ', 'connection failed'],
      [
        'packet_write_wait: ',
        'connection failed',
        (rest) => connectionId(rest.replace(/^Connection (?:from|to) /, '')),
      ],
      [
        'packet_write_poll: ',
        'connection failed',
        (rest) => connectionId(rest.replace(/^Connection (?:from|to) /, '')),
      ],
      ['userauth_pubkey: ', 'bad request', reasonOf],
      ['connect_to ', 'forwarding failed'],
      ['refused local port forward: ', 'forwarding refused'],
      ['refused streamlocal port forward: ', 'forwarding refused'],
      ['Received request from ', 'forwarding refused', ifLike(/ but the request was denied\.?$/, endpointAt)],
    ],
  },
];
