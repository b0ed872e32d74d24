import { describeConsumers } from "./support/consumer";

describeConsumers("CDKTF");
