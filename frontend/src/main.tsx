import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { App } from "./app";
import { keepFocus } from "./lib/focus";
import { navigateIfFree } from "./lib/navigation";
import "./ui/tokens.css";
import "./ui/base.css";

keepFocus();
createRoot(document.getElementById("root")!).render(
  <Router aroundNav={navigateIfFree}>
    <App />
  </Router>,
);
