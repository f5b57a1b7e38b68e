// Verifies saved messages with the Standard Webhooks library for JavaScript, and sees to it that the
// library refuses each of them when one character of its sentence is changed.
//
//     node verify.js LIBRARY MESSAGES
//
// LIBRARY is the folder of the library, MESSAGES what receiver.py saved; the secret is in
// TREATYWATCH_SECRET. The library refuses what is older than five minutes.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");

const [library, messages] = process.argv.slice(2);
const { Webhook, WebhookVerificationError } = require(library);

const webhook = new Webhook(process.env.TREATYWATCH_SECRET);
const lines = fs.readFileSync(messages, "utf8").trimEnd().split("\n");
assert.ok(lines.length > 1, "no messages were saved");
for (const line of lines) {
  const { headers, body } = JSON.parse(line);
  const event = webhook.verify(body, headers);
  assert.equal(event.id, headers["webhook-id"]);
  assert.equal(event.specversion, "1.0");
  assert.ok(event.data.sentence.length > 0);
  const changed = body.replace('"sentence":"', '"sentence":"X');
  assert.notEqual(changed, body);
  assert.throws(() => webhook.verify(changed, headers), WebhookVerificationError);
}
console.log(`${lines.length} messages verified by JavaScript, and refused once they were changed`);
