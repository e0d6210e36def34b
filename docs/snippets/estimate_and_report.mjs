// From a document to its bill and a PDF, with fetch alone (Node 18 or later).
// Needs MOCKUPAWS_URL and MOCKUPAWS_API_KEY (scopes read and write) in the environment:
//   . var/demo.env && node docs/snippets/estimate_and_report.mjs orders.pdf
import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

const { MOCKUPAWS_URL, MOCKUPAWS_API_KEY } = process.env;
const file = process.argv[2] ?? "report.pdf";

// The answer. A refusal ends the program with its sentence; 429 waits as it is told to.
async function call(method, path, body, headers = {}) {
  const answer = await fetch(MOCKUPAWS_URL + path, {
    method,
    headers: { "X-API-Key": MOCKUPAWS_API_KEY, "Content-Type": "application/json", ...headers },
    body: body && JSON.stringify(body),
  });
  if (answer.ok) return answer;
  if (answer.status !== 429) throw new Error(`${method} ${path}: ${(await answer.json()).detail}`);
  await wait(1000 * Number(answer.headers.get("Retry-After")));
  return call(method, path, body, headers);
}
const read = async (...request) => (await call(...request)).json();

const scenario = await read("POST", "/api/v2/scenarios", {
  name: "Orders",
  region: "eu-west-1",
  traffic: { volume: 1000000, unit: "events" },
  resources: [
    {
      service: "lambda",
      settings: { memory_mb: 512, duration_ms: 120 },
      usage: { requests: { per: "events", factor: 1 } },
    },
    { service: "sqs", usage: { requests: { per: "events", factor: 3 } } },
  ],
});
const estimate = await read("GET", `/api/v2/scenarios/${scenario.id}/estimate`);
console.log("USD a month:", estimate.total_usd);

const key = { "Idempotency-Key": `report-of-${scenario.id}` };
let report = await read("POST", `/api/v2/scenarios/${scenario.id}/reports`, { format: "pdf" }, key);
while (report.status !== "completed") {
  if (report.status === "failed") throw new Error(`The report failed: ${report.reason}`);
  if (report.status === "cancelled") throw new Error("The report was cancelled.");
  await wait(1000);
  report = await read("GET", `/api/v2/reports/${report.id}/status`);
}
const download = await call("GET", `/api/v2/reports/${report.id}/download`);
await writeFile(file, Buffer.from(await download.arrayBuffer()));
console.log("Report:", file);
