import { useState } from "react";
import { t } from "../words";
import { Button } from "./Button";
import { announce } from "./Live";

/** Copies a text, also on plain http addresses. */
export function CopyButton(props: {
  text: string;
  label?: string;
  /** What is copied, for who cannot see what the button stands beside. */
  name?: string;
  look?: "usual" | "quiet";
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await writeClipboard(props.text);
    setCopied(true);
    announce(t.common.copied);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <Button
      look={props.look ?? "quiet"}
      aria-label={props.name && !copied ? `${t.common.copy}: ${props.name}` : undefined}
      onClick={() => void copy()}
    >
      {copied ? t.common.copied : (props.label ?? t.common.copy)}
    </Button>
  );
}

async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without https there is no clipboard API; the old command still works.
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
