/** What a device must do beyond the shapes of its messages: the description of the AsyncAPI document. */

export const DEVICE_GUIDE = `
The wire between an Ocelli control plane and a device. This document is enough to write a device in any language.

## 1. Enrol

An enrolment token is the text \`ocelli1.\` followed by the base64url (no padding) of the JSON \`EnrolmentToken\`.

1. Open TLS to \`url\`. The server presents its leaf, the issuing and the root certificate. Before sending anything,
   check that SHA-256 of the root certificate (DER) is \`rootSha256\`, that the chain verifies against that root, and that
   the leaf names the host. Otherwise stop.
2. Make a key pair (ECDSA P-256) that never leaves the device, and a certificate signing request (its subject is ignored).
3. \`POST <url>/device/v1/enrol\` with \`EnrolRequest\` as JSON. Errors are \`application/problem+json\` with a stable \`code\`.
4. Keep what \`EnrolResponse\` holds: the device id, certificate chain, roots, broker address, \`operatorKey\`, trust document.
   Verify the trust document (below) with \`operatorKey\`; pin that key for good.

## 2. Renew

Certificates last 30 days. At two thirds of that time \`POST <url>/device/v1/renew\` (\`RenewRequest\`) over TLS with the
current certificate. An expired certificate that was not revoked is accepted for this request for another 90 days.

## 3. Connect

MQTT 3.1.1 over TLS to \`mqttUrl\` with the device certificate. Client id: the device id. Clean session. Keep alive: 30 s is
usual. Last will: \`presence\` with state \`lost\`, QoS 1, retained. \`session.start\` counts starts of the agent since
enrolment and is stored before connecting; \`session.certificate\` is \`certificateNumber\`.

Subscribe to \`ocelli/v1/<device>/desired\`, \`.../ack\` and \`.../command/#\`. Then publish \`presence\` (online), \`inventory\`
and \`reported\`, retained. A device may write \`presence inventory reported telemetry image/# result/#\` below its own prefix
and read \`desired ack command/#\`; anything else ends the connection. A packet above 1,049,600 bytes ends it too.

## 4. Signed documents

Desired state, component signatures and the trust document are DSSE v1 envelopes with Ed25519. The signed bytes are
\`"DSSEv1" SP length(payloadType) SP payloadType SP length(payload) SP payload\` with lengths in decimal bytes and \`payload\`
decoded from base64. A key id is \`ed25519:\` and the first 32 hexadecimal digits of SHA-256 over the public key (SPKI DER).

- \`TrustDocument\` (\`application/vnd.ocelli.trust.v1+json\`): signed by the pinned \`operatorKey\`. Accept only a higher
  \`version\`. It is fetched with \`GET <url>/device/v1/trust\` when a desired state names a higher \`trustVersion\` or an unknown key.
- \`DesiredState\` (\`application/vnd.ocelli.desired.v1+json\`): signed by one of \`servers\` of the trust document. Refuse it,
  with a code in \`reported.refused\`, when the signature fails, \`device\` is not yours, or \`generation\` is older (epoch, then
  counter) than the newest you ever accepted. Store it before acting on it; run it after a restart without the cloud.
- \`ComponentStatement\` (\`application/vnd.ocelli.component.v1+json\`): signed by a publisher of the trust document whose
  \`names\` cover the component's name. Name, version, digest and size must equal what the desired state says and what
  was fetched.

## 5. Run what is desired

For each instance: fetch each component's \`digest\` and \`signature\` with \`GET <url>/device/v1/artifacts/<digest>\` (client
certificate; \`Range: bytes=<offset>-\` resumes), verify, and link as \`links\` says. \`features\` that your agent lacks, or
an interface you do not offer: refuse that instance in \`reported\` (state \`refused\`) and run the others. Instances that
\`desired\` no longer names are stopped. Report each change, at most once a second.

## 6. Deliver records exactly once

Records are numbered from 1 in a *stream* (a random id made with the outbox's store). Once a record is on disk it stays until
the server acknowledges it. Send batches, one in flight: \`first\` is one above the highest acknowledged sequence, \`last\`
the highest sequence the batch speaks for, \`oldestHeld\` the oldest still on disk. The server takes a batch if
\`first <= committed + 1\`, or if \`first == oldestHeld\` (the gap is recorded as lost), and answers on \`ack\` with its
position either way. Without an answer within some seconds, send again. When the outbox is full, drop measurements
and detections first, then logs, events last, and add a \`lost\` record that names the range. If the server's position is
behind what you still hold (it was restored), continue from \`oldestHeld\`.

## 7. Commands

\`command/<id>\` is done at most once per id, and only if \`start\` equals your start counter; the answer goes to
\`result/<id>\` before \`timeoutMs\` after arrival.

## 8. Images

\`image/<instance>/<name>\`: a JPEG of at most 1,048,576 bytes, QoS 0, only for an instance to which \`ocelli:sensing/images\` was granted.

## Compatibility

Ignore unknown fields. Treat an unknown value of an enumeration as \`unknown\`. A payload above a channel's size limit
(\`x-max-bytes\`) is refused. Integers stay below 2^53.
`.trim()
