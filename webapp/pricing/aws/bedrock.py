"""Amazon Bedrock: tokens of text and embedding models, on demand, in batch and from the prompt cache.

Prices are per 1 million tokens for every model; AWS prints some per 1,000. Commitments, images and the
GovCloud regions are not covered.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from webapp.domain.words import N_, phrase, wording
from webapp.pricing.aws._bedrock_models import MODELS, BedrockModel
from webapp.pricing.aws._fields import choice, monthly
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

TOKENS_PER_UNIT = Decimal(1_000_000)
_MODES = {model.id: model.mode for model in MODELS}

#: What a model bills apart (end of the price key, start of the usage name), and the label of its price.
_KINDS: Mapping[str, str] = {
    "input": N_("%(model)s: input tokens"),
    "output": N_("%(model)s: output tokens"),
    "cache_read": N_("%(model)s: tokens read from cache"),
    "cache_write": N_("%(model)s: tokens written to cache"),
    "cache_write_1h": N_("%(model)s: tokens written to cache for 1 hour"),
    "batch_input": N_("%(model)s: batch input tokens"),
    "batch_output": N_("%(model)s: batch output tokens"),
}
_KINDS_OF_EMBEDDING = ("input", "batch_input")

#: Usage types seen in the AWS Price List. Without one no import finds the price.
_USAGE_TYPES = {
    "amazon.nova-lite-v1:0.input": "NovaLite-input-tokens",
    "amazon.nova-lite-v1:0.output": "NovaLite-output-tokens",
    "amazon.titan-embed-text-v2:0.input": "TitanEmbeddingV2-Text-input-tokens",
}


def _kinds(mode: str) -> tuple[str, ...]:
    return _KINDS_OF_EMBEDDING if mode == "embedding" else tuple(_KINDS)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    model = inputs.choice("model")
    for kind in _kinds(_MODES[model]):
        tokens = inputs[f"{kind}_tokens"]
        if tokens:
            how = wording("%(n)s tokens / 1,000,000", n=tokens)
            yield Quantity(f"bedrock.{model}.{kind}", tokens / TOKENS_PER_UNIT, how)


def _prices(model: BedrockModel) -> Iterator[PriceKey]:
    marketplace = "anthropic." in model.id or "cohere." in model.id or "ai21." in model.id
    offer = "AmazonBedrockFoundationModels" if marketplace else "AmazonBedrock"
    for kind in _kinds(model.mode):
        usagetype = _USAGE_TYPES.get(f"{model.id}.{kind}")
        selector = {"usagetype": usagetype} if usagetype else {}
        label = phrase(_KINDS[kind], model=model.label)
        yield PriceKey(f"bedrock.{model.id}.{kind}", label, "million tokens", offer, selector)


SERVICE = ServiceModel(
    code="bedrock",
    name="Amazon Bedrock",
    category=N_("Machine learning"),
    summary=N_("Language and embedding models billed per token."),
    settings=(
        choice(
            "model",
            N_("Model"),
            tuple((model.id, model.label) for model in MODELS),
            N_("The id the API is called with. A profile may run in several regions of its geography."),
        ),
    ),
    usage=(
        monthly(
            "input_tokens",
            N_("Input tokens"),
            "tokens",
            N_("Prompts, system instructions and context; without what comes from the cache."),
            per="input_tokens",
        ),
        monthly("output_tokens", N_("Output tokens"), "tokens", N_("None for embedding models.")),
        monthly(
            "cache_read_tokens", N_("Tokens read from cache"), "tokens", N_("Prompt caching."), "input_tokens"
        ),
        monthly(
            "cache_write_tokens",
            N_("Tokens written to cache"),
            "tokens",
            N_("Kept for 5 minutes."),
            "input_tokens",
        ),
        monthly(
            "cache_write_1h_tokens",
            N_("Tokens written to cache for 1 hour"),
            "tokens",
            per="input_tokens",
        ),
        monthly("batch_input_tokens", N_("Batch input tokens"), "tokens", per="input_tokens"),
        monthly("batch_output_tokens", N_("Batch output tokens"), "tokens"),
    ),
    prices=tuple(price for model in MODELS for price in _prices(model)),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_(
            "Bedrock prices were verified on the date each line shows; most are older than other prices, "
            "and a model without a price in the region stays unpriced."
        ),
    ),
    pricing_page="https://aws.amazon.com/bedrock/pricing/",
    keywords=("llm", "claude", "nova", "llama", "tokens", "chatbot", "ai"),
)
