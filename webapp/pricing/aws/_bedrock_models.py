"""The Bedrock models that can be chosen: ids as the Bedrock API takes them, names as their makers write them.

A model may also be called through a cross-region inference profile, whose id carries the geography in
front; a profile is a choice of its own because its price can differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from webapp.domain.words import N_, phrase

Mode = Literal["text", "embedding"]

#: Geography in front of a profile's id, and what it is called.
_PROFILES = {
    "us": N_("%(model)s, US profile"),
    "eu": N_("%(model)s, EU profile"),
    "apac": N_("%(model)s, Asia Pacific profile"),
    "global": N_("%(model)s, global profile"),
}


@dataclass(frozen=True, slots=True)
class BedrockModel:
    """One choosable model or profile. An embedding model gives back vectors, so it has no output tokens."""

    id: str
    label: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class _Family:
    id: str
    name: str
    #: Geographies with a profile, and "in-region" where the model can be called without one.
    called: str = "in-region"
    mode: Mode = "text"

    def models(self) -> Iterator[BedrockModel]:
        for way in self.called.split():
            if way == "in-region":
                yield BedrockModel(self.id, self.name, self.mode)
            else:
                yield BedrockModel(f"{way}.{self.id}", phrase(_PROFILES[way], model=self.name), self.mode)


_US, _US_EU, _ALL = "in-region us", "in-region us eu", "in-region us eu apac"
_FAMILIES = (
    _Family("amazon.nova-lite-v1:0", "Amazon Nova Lite", _ALL),
    _Family("amazon.nova-micro-v1:0", "Amazon Nova Micro", _ALL),
    _Family("amazon.nova-pro-v1:0", "Amazon Nova Pro", _ALL),
    _Family("amazon.nova-premier-v1:0", "Amazon Nova Premier", "us"),
    _Family("amazon.titan-text-lite-v1", "Amazon Titan Text Lite"),
    _Family("amazon.titan-text-express-v1", "Amazon Titan Text Express"),
    _Family("amazon.titan-text-premier-v1:0", "Amazon Titan Text Premier"),
    _Family("amazon.titan-tg1-large", "Amazon Titan TG1 Large"),
    _Family("amazon.titan-embed-text-v1", "Amazon Titan Text Embeddings", mode="embedding"),
    _Family("amazon.titan-embed-text-v2:0", "Amazon Titan Text Embeddings V2", mode="embedding"),
    _Family("amazon.titan-embed-image-v1", "Amazon Titan Multimodal Embeddings", mode="embedding"),
    _Family("anthropic.claude-sonnet-4-6", "Anthropic Claude Sonnet 4.6", "in-region global"),
    _Family("anthropic.claude-opus-4-1-20250805-v1:0", "Anthropic Claude Opus 4.1", _US_EU),
    _Family("anthropic.claude-opus-4-20250514-v1:0", "Anthropic Claude Opus 4", _US_EU),
    _Family("anthropic.claude-sonnet-4-20250514-v1:0", "Anthropic Claude Sonnet 4", _ALL),
    _Family("anthropic.claude-3-7-sonnet-20250219-v1:0", "Anthropic Claude 3.7 Sonnet", _US_EU),
    _Family("anthropic.claude-3-5-sonnet-20241022-v2:0", "Anthropic Claude 3.5 Sonnet v2", _ALL),
    _Family("anthropic.claude-3-5-sonnet-20240620-v1:0", "Anthropic Claude 3.5 Sonnet", _ALL),
    _Family("anthropic.claude-3-5-haiku-20241022-v1:0", "Anthropic Claude 3.5 Haiku", _US),
    _Family("anthropic.claude-3-opus-20240229-v1:0", "Anthropic Claude 3 Opus", _US_EU),
    _Family("anthropic.claude-3-sonnet-20240229-v1:0", "Anthropic Claude 3 Sonnet", _ALL),
    _Family("anthropic.claude-3-haiku-20240307-v1:0", "Anthropic Claude 3 Haiku", _ALL),
    _Family("anthropic.claude-v2:1", "Anthropic Claude 2.1"),
    _Family("anthropic.claude-v2", "Anthropic Claude 2"),
    _Family("anthropic.claude-v1", "Anthropic Claude 1"),
    _Family("anthropic.claude-instant-v1", "Anthropic Claude Instant"),
    _Family("ai21.jamba-1-5-large-v1:0", "AI21 Jamba 1.5 Large"),
    _Family("ai21.jamba-1-5-mini-v1:0", "AI21 Jamba 1.5 Mini"),
    _Family("ai21.jamba-instruct-v1:0", "AI21 Jamba-Instruct"),
    _Family("ai21.j2-ultra-v1", "AI21 Jurassic-2 Ultra"),
    _Family("ai21.j2-mid-v1", "AI21 Jurassic-2 Mid"),
    _Family("cohere.command-r-plus-v1:0", "Cohere Command R+"),
    _Family("cohere.command-r-v1:0", "Cohere Command R"),
    _Family("cohere.command-text-v14", "Cohere Command"),
    _Family("cohere.command-light-text-v14", "Cohere Command Light"),
    _Family("cohere.embed-english-v3", "Cohere Embed English", mode="embedding"),
    _Family("cohere.embed-multilingual-v3", "Cohere Embed Multilingual", mode="embedding"),
    _Family("deepseek.r1-v1:0", "DeepSeek-R1", "us"),
    _Family("meta.llama4-maverick-17b-instruct-v1:0", "Meta Llama 4 Maverick 17B", _US),
    _Family("meta.llama4-scout-17b-instruct-v1:0", "Meta Llama 4 Scout 17B", _US),
    _Family("meta.llama3-3-70b-instruct-v1:0", "Meta Llama 3.3 70B", _US),
    _Family("meta.llama3-2-90b-instruct-v1:0", "Meta Llama 3.2 90B", _US),
    _Family("meta.llama3-2-11b-instruct-v1:0", "Meta Llama 3.2 11B", _US),
    _Family("meta.llama3-2-3b-instruct-v1:0", "Meta Llama 3.2 3B", _US_EU),
    _Family("meta.llama3-2-1b-instruct-v1:0", "Meta Llama 3.2 1B", _US_EU),
    _Family("meta.llama3-1-405b-instruct-v1:0", "Meta Llama 3.1 405B", _US),
    _Family("meta.llama3-1-70b-instruct-v1:0", "Meta Llama 3.1 70B", _US),
    _Family("meta.llama3-1-8b-instruct-v1:0", "Meta Llama 3.1 8B", _US),
    _Family("meta.llama3-70b-instruct-v1:0", "Meta Llama 3 70B"),
    _Family("meta.llama3-8b-instruct-v1:0", "Meta Llama 3 8B"),
    _Family("meta.llama2-70b-chat-v1", "Meta Llama 2 70B Chat"),
    _Family("meta.llama2-13b-chat-v1", "Meta Llama 2 13B Chat"),
    _Family("mistral.pixtral-large-2502-v1:0", "Mistral Pixtral Large", "us eu"),
    _Family("mistral.mistral-large-2407-v1:0", "Mistral Large 24.07"),
    _Family("mistral.mistral-large-2402-v1:0", "Mistral Large 24.02"),
    _Family("mistral.mistral-small-2402-v1:0", "Mistral Small 24.02"),
    _Family("mistral.mixtral-8x7b-instruct-v0:1", "Mistral Mixtral 8x7B"),
    _Family("mistral.mistral-7b-instruct-v0:2", "Mistral 7B"),
    _Family("openai.gpt-oss-120b-1:0", "OpenAI gpt-oss-120b"),
    _Family("openai.gpt-oss-20b-1:0", "OpenAI gpt-oss-20b"),
    # No catalog prices it: for models not in this list, with the prices the document states.
    _Family("other", N_("Another model, at stated prices")),
)

MODELS = tuple(model for family in _FAMILIES for model in family.models())
