import { describeConsumers } from "./support/consumer";

describeConsumers("CDK Terrain");
