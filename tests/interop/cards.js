// Reads saved messages with what Microsoft publishes for Adaptive Cards, and checks them with the limits
// of Discord's builders.
//
//     node cards.js NODE_MODULES TEAMS DISCORD...
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");

const [modules, teams, ...discord] = process.argv.slice(2);
// The bundle: its main file leaves out the endings that Node asks for.
const cards = require(path.join(modules, "adaptivecards/dist/adaptivecards.js"));
const { EmbedAssertions, embedLength } = require(path.join(modules, "@discordjs/builders"));

// Discord counts all texts of an embed together.
const EMBED_CHARS_MAX = 6000;
// Teams refuses a larger message.
const TEAMS_BYTES_MAX = 28 * 1024;

function saved(file) {
  const messages = fs.readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line).body);
  assert.ok(messages.length > 1, `${file} holds no messages`);
  return messages;
}

// What the parser finds wrong with a card.
function faults(content) {
  const context = new cards.SerializationContext(cards.Versions.v1_4);
  const card = new cards.AdaptiveCard();
  card.parse(content, context);
  const found = card.validateProperties().validationEvents.map((event) => event.message);
  for (let index = 0; index < context.eventCount; index += 1) {
    found.push(context.getEventAt(index).message);
  }
  return { found, read: card.toJSON() };
}

function checkCard(message) {
  assert.ok(Buffer.byteLength(message) <= TEAMS_BYTES_MAX);
  const { type, attachments } = JSON.parse(message);
  assert.equal(type, "message");
  assert.equal(attachments.length, 1);
  assert.equal(attachments[0].contentType, "application/vnd.microsoft.card.adaptive");
  const { content } = attachments[0];
  const { found, read } = faults(content);
  assert.deepEqual(found, []);
  // Nothing was left out on the way through the parser, which drops what it does not know.
  assert.deepEqual(read, content);
  return content;
}

function checkEmbed(embed) {
  EmbedAssertions.titlePredicate.parse(embed.title);
  EmbedAssertions.descriptionPredicate.parse(embed.description);
  EmbedAssertions.colorPredicate.parse(embed.color);
  EmbedAssertions.urlPredicate.parse(embed.url);
  EmbedAssertions.embedFieldsArrayPredicate.parse(embed.fields);
  EmbedAssertions.footerTextPredicate.parse(embed.footer.text);
  EmbedAssertions.timestampPredicate.parse(new Date(embed.timestamp));
  assert.ok(embedLength(embed) <= EMBED_CHARS_MAX);
}

let card;
for (const message of saved(teams)) {
  card = checkCard(message);
}
// The checkers do check.
assert.notDeepEqual(faults({ ...card, body: [{ type: "TextBlok" }] }).found, []);
assert.notDeepEqual(faults({ ...card, actions: [{ type: "Action.OpenUrl", title: "Source" }] }).found, []);
console.log(`${saved(teams).length} messages for Teams are Adaptive Cards 1.4`);

let count = 0;
for (const message of discord.flatMap(saved)) {
  const { embeds, allowed_mentions: mentions } = JSON.parse(message);
  assert.deepEqual(mentions, { parse: [] });
  assert.equal(embeds.length, 1);
  checkEmbed(embeds[0]);
  assert.throws(() => checkEmbed({ ...embeds[0], title: "x".repeat(257) }));
  assert.throws(() => checkEmbed({ ...embeds[0], url: "javascript:1" }));
  count += 1;
}
console.log(`${count} messages for Discord pass the checks of its builders`);
