import { App } from "cdktf";
import { StaffStack } from "./stack";

const app = new App();
new StaffStack(app, "staff");
app.synth();
