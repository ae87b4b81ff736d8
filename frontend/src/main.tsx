import { createRoot } from "react-dom/client";
import { App } from "./app";
import "./ui/tokens.css";
import "./ui/base.css";

createRoot(document.getElementById("root")!).render(<App />);
