import { serve } from "../plugin";
import { genauthProvider } from "./provider";

void serve(genauthProvider(process.env));
