"""The user's FSDP, DeepSpeed or accelerate file: read, and held against the config, before anything else happens.

The libraries themselves tell of a misspelt key late, or never.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from videostar.config import TrainConfig
from videostar.errors import nearest

FSDP_KEYS = """version cpu_offload auto_wrap_policy min_num_params transformer_layer_cls_to_wrap cpu_ram_efficient_loading state_dict_type
activation_checkpointing reshard_after_forward""".split()
FSDP1_KEYS = "forward_prefetch backward_prefetch use_orig_params sync_module_states limit_all_gathers sharding_strategy".split()
WRAP_POLICIES = ("TRANSFORMER_BASED_WRAP", "SIZE_BASED_WRAP", "NO_WRAP")
DEEPSPEED_KEYS = """train_batch_size train_micro_batch_size_per_gpu gradient_accumulation_steps optimizer scheduler gradient_clipping
fp16 bf16 bfloat16 amp zero_optimization zero_allow_untested_optimizer zero_force_ds_cpu_optimizer steps_per_print wall_clock_breakdown
memory_breakdown dump_state prescale_gradients gradient_predivide_factor sparse_gradients communication_data_type
seq_parallel_communication_data_type disable_allgather activation_checkpointing checkpoint aio data_types flops_profiler comms_logger
tensorboard wandb csv_monitor comet monitor_config elasticity autotuning compression_training data_efficiency curriculum_learning
progressive_layer_drop eigenvalue sparse_attention dataloader_drop_last hybrid_engine torch_autocast compile tensor_parallel
use_data_before_expert_parallelism graph_harvesting nebula zero_hpz_partition_size sequence_parallel_size""".split()
ZERO_KEYS = """stage contiguous_gradients reduce_scatter reduce_bucket_size use_multi_rank_bucket_allreduce allgather_partitions
allgather_bucket_size overlap_comm load_from_fp32_weights elastic_checkpoint offload_param offload_optimizer zenflow sub_group_size
cpu_offload cpu_offload_param cpu_offload_use_pin_memory stage3_prefetch_bucket_size stage3_param_persistence_threshold
stage3_model_persistence_threshold stage3_max_live_parameters stage3_max_reuse_distance stage3_gather_16bit_weights_on_model_save
stage3_gather_fp16_weights_on_model_save stage3_module_granularity_threshold stage3_use_all_reduce_for_fetch_params
stage3_allgather_sequential stage3_partition_stream_chunk_size ignore_unused_parameters legacy_stage1 round_robin_gradients
zero_hpz_partition_size zero_quantized_weights zero_quantized_nontrainable_weights zero_quantized_gradients zeropp_loco_param
mics_shard_size mics_hierarchical_params_gather memory_efficient_linear pipeline_loading_checkpoint override_module_apply
log_trace_cache_warnings enable_sanity_checks save_muon_momentum_buffer_in_memory leaf_module""".split()
ACCELERATE_KEYS = """compute_environment distributed_type mixed_precision use_cpu debug num_processes machine_rank num_machines gpu_ids
main_process_ip main_process_port rdzv_backend same_network main_training_function enable_cpu_affinity fp8_config deepspeed_config
fsdp_config parallelism_config megatron_lm_config mpirun_config downcast_bf16 tpu_name tpu_zone tpu_use_cluster tpu_use_sudo
command_file commands tpu_vm tpu_env dynamo_config""".split()
ACCELERATE_TYPES = {"NO": None, "MULTI_GPU": None, "MULTI_CPU": None, "FSDP": "fsdp", "DEEPSPEED": "deepspeed"}

Way = Literal["fsdp", "deepspeed"]


@dataclass(frozen=True, slots=True)
class Sharding:
    """way: how weights are sharded, None where they are not. key: the setting that says so. problems: what is wrong with its file."""

    way: Way | None
    key: str
    problems: tuple[str, ...]


def read_sharding(train: TrainConfig) -> Sharding:
    """What the config's file asks for. Never raises: what cannot be read is a problem."""
    if train.fsdp is not None:
        return Sharding("fsdp", "train.fsdp", tuple(_read("train.fsdp", train.fsdp, train, _fsdp_problems)))
    if train.deepspeed is not None:
        return Sharding("deepspeed", "train.deepspeed", tuple(_read("train.deepspeed", train.deepspeed, train, _deepspeed_problems)))
    if train.accelerate is not None:
        found = tuple(_read("train.accelerate", train.accelerate, train, _accelerate_problems))
        return Sharding(_accelerate_way(train.accelerate), "train.accelerate", found)
    return Sharding(None, "", ())


def _read(key: str, path: Path, train: TrainConfig, problems: Any) -> Iterator[str]:
    """The problems of one file, each under its key and its name."""
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text) if key == "train.accelerate" else json.loads(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        yield f'"{key}": {path} cannot be read: {" ".join(str(error).split())}'
        return
    if not isinstance(content, dict):
        yield f'"{key}": {path} must hold keys and values, not {type(content).__name__}'
        return
    for problem in problems(content, train):
        yield f'"{key}": {path}: {problem}'


def _unknown(found: Mapping[str, Any], known: list[str], where: str = "") -> Iterator[str]:
    for key in found:
        if key not in known:
            yield f'unknown key "{where}{key}"{nearest(str(key), known)}'


def _fsdp_problems(raw: Mapping[str, Any], train: TrainConfig) -> Iterator[str]:
    content = {key.removeprefix("fsdp_"): value for key, value in raw.items()}
    content["cpu_offload"] = content.pop("offload_params", content.get("cpu_offload"))
    yield from _unknown(content, [*FSDP_KEYS, *FSDP1_KEYS])
    if content.get("version", 2) != 2:
        yield f'"version" is {content["version"]!r}; only FSDP2 is trained with: set it to 2'
    for key in [key for key in FSDP1_KEYS if key in content]:
        yield f'"{key}" belongs to FSDP1 and does nothing in FSDP2; leave it out'
    policy = content.get("auto_wrap_policy", WRAP_POLICIES[0])
    if policy not in WRAP_POLICIES:
        yield f'"auto_wrap_policy" is {policy!r}{nearest(str(policy), WRAP_POLICIES)}; allowed are {", ".join(WRAP_POLICIES)}'
    if policy == "SIZE_BASED_WRAP" and not content.get("min_num_params"):
        yield '"auto_wrap_policy" SIZE_BASED_WRAP needs "min_num_params" above 0'
    kind = content.get("state_dict_type", "FULL_STATE_DICT")
    if kind not in {"FULL_STATE_DICT", "SHARDED_STATE_DICT"}:
        yield f'"state_dict_type" is {kind!r}; allowed are FULL_STATE_DICT and SHARDED_STATE_DICT'
    if content.get("activation_checkpointing") and train.gradient_checkpointing:
        yield '"activation_checkpointing" and train.gradient_checkpointing are both on; keep the one in the file'


def _deepspeed_problems(content: Mapping[str, Any], train: TrainConfig) -> Iterator[str]:
    yield from _unknown(content, DEEPSPEED_KEYS)
    yield from _not_as_configured(content, train)
    zero = content.get("zero_optimization", {})
    if not isinstance(zero, dict):
        yield f'"zero_optimization" is {zero!r}; it must hold keys such as "stage"'
        return
    yield from _unknown(zero, ZERO_KEYS, "zero_optimization.")
    stage = zero.get("stage", 0)
    if stage not in {0, 1, 2, 3}:
        yield f'"zero_optimization.stage" is {stage!r}; it is 0, 1, 2 or 3'
    gathers = zero.get("stage3_gather_16bit_weights_on_model_save") or zero.get("stage3_gather_fp16_weights_on_model_save")
    if stage == 3 and not gathers:
        yield (
            'ZeRO stage 3 leaves the weights in pieces, which cannot be exported: set "stage3_gather_16bit_weights_on_model_save": true'
            " under zero_optimization, or use stage 2"
        )
    if stage != 3 and zero.get("offload_param"):
        yield f'"zero_optimization.offload_param" works with stage 3 only, and "stage" is {stage}'
    if _enabled(content, "bf16") and _enabled(content, "fp16"):
        yield '"bf16" and "fp16" are both enabled; a training reckons in one of them'


def _not_as_configured(content: Mapping[str, Any], train: TrainConfig) -> Iterator[str]:
    """Numbers that stand in the file and in the config must agree; "auto" takes the config's."""
    per_device, steps = train.per_device_train_batch_size, train.gradient_accumulation_steps
    optimizer = content.get("optimizer")
    params = optimizer.get("params") if isinstance(optimizer, dict) else None
    rate = params.get("lr", "auto") if isinstance(params, dict) else "auto"
    pairs = (
        (
            "train_micro_batch_size_per_gpu",
            content.get("train_micro_batch_size_per_gpu", "auto"),
            per_device,
            "per_device_train_batch_size",
        ),
        ("gradient_accumulation_steps", content.get("gradient_accumulation_steps", "auto"), steps, "gradient_accumulation_steps"),
        ("train_batch_size", content.get("train_batch_size", "auto"), per_device * steps * train.processes, "processes and batch sizes"),
        ("optimizer.params.lr", rate, train.learning_rate, "learning_rate"),
    )
    for key, stated, configured, name in pairs:
        if stated not in {"auto", configured}:
            yield f'"{key}" is {stated!r}, and the config makes it {configured!r} ({name}); write "auto" to take the config\'s'


def _enabled(content: Mapping[str, Any], key: str) -> bool:
    section = content.get(key)
    return isinstance(section, dict) and section.get("enabled") is True


def _accelerate_problems(content: Mapping[str, Any], train: TrainConfig) -> Iterator[str]:
    yield from _unknown(content, ACCELERATE_KEYS)
    kind = str(content.get("distributed_type", "NO"))
    if kind not in ACCELERATE_TYPES:
        yield f'"distributed_type" is {kind!r}{nearest(kind, ACCELERATE_TYPES)}; allowed are {", ".join(ACCELERATE_TYPES)}'
    if content.get("num_machines", 1) != 1:
        yield f'"num_machines" is {content["num_machines"]!r}; a run trains on the machine that it runs on: set it to 1'
    if content.get("num_processes", train.processes) != train.processes:
        yield f'"num_processes" is {content["num_processes"]!r}, and train.processes is {train.processes}; they must agree'
    fsdp, deepspeed = content.get("fsdp_config"), content.get("deepspeed_config")
    if kind == "FSDP" and isinstance(fsdp, dict):
        yield from _fsdp_problems(fsdp, train)
    if kind == "DEEPSPEED" and isinstance(deepspeed, dict):
        stage, saves = deepspeed.get("zero_stage"), deepspeed.get("zero3_save_16bit_model")
        if stage == 3 and not saves and "deepspeed_config_file" not in deepspeed:
            yield "ZeRO stage 3 leaves the weights in pieces, which cannot be exported: set zero3_save_16bit_model: true, or zero_stage: 2"
        if "deepspeed_config_file" in deepspeed:
            yield from _read("deepspeed_config_file", Path(str(deepspeed["deepspeed_config_file"])), train, _deepspeed_problems)


def _accelerate_way(path: Path) -> Way | None:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    kind = str(content.get("distributed_type", "NO")) if isinstance(content, dict) else "NO"
    found = ACCELERATE_TYPES.get(kind)
    return "fsdp" if found == "fsdp" else "deepspeed" if found == "deepspeed" else None
