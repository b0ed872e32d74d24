import { testConsumersOf } from "./support/consumer";

// Projects that use CDKTF install the packed package: by npm, pnpm and Yarn, and with the oldest and the newest Node.js and TypeScript. In each of them
// it loads, passes strict type checks, and lets an engine plan README's stack. The tests stand in support/consumer.ts, because they are those of both
// CDKs; a file for each CDK lets the two run at the same time.
testConsumersOf("CDKTF");
