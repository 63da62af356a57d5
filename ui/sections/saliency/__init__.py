"""Parts of the page Saliency & adversarial."""
