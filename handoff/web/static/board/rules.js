// A row of operation in a sentence.
import { say, words } from "/desk/words.js";
import { dayInWords } from "./times.js";

const name = (slug) => words().regions[slug] ?? slug;

export const ruleInWords = (row) => {
  const key = row.kind === "agreement" ? `rule_agreement_${row.value}` : `rule_${row.kind}`;
  const given = { region: name(row.region), other: name(row.other_region), subject: words().pools[row.subject]?.name ?? row.subject, value: row.value?.replaceAll(",", ", ") };
  return say(key, { ...given, day: ["swap", "give"].includes(row.kind) ? dayInWords(row.value) : "" });
};

export const shiftInWords = (row, days) =>
  say("roster_line", {
    name: row.name || row.username,
    role: say(`role_${row.role}`),
    days,
    start: row.start,
    end: row.end,
  });
